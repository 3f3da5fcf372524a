"""What is asked of a model and how its words are read: prompts, their sections and rules, and replies.

Pure but for the network door it is handed; the texts themselves are in texts/.
"""
