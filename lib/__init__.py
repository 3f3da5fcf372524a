"""Plumbline: brings an LLM judge into line with one domain expert (Critique Shadowing)."""
