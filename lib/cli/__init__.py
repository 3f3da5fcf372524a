"""The same verbs as the pages without a screen: one file per verb, in the room of its step; `main` gathers them."""
