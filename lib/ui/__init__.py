"""The only part of lib that imports streamlit: the views of each step in its room, and what the views share.

Knows how things look; holds no SQL, no statistics and no prompts.
"""
