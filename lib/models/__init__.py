"""Door 1, the network to models: endpoints and their replies, the embedded model and its files, and what may be spent.

The only importer of the openai client. What is asked is written in prompting/.
"""
