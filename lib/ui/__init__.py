"""The only part of lib that imports streamlit: handles, trace card, badges, empty states, forms.

Knows how things look; holds no SQL, no statistics and no prompts.
"""
