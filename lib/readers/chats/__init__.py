"""Conversations: chat messages, what stands in them, and OpenAI's own files."""
