"""Door 1, the network to models: endpoints and their replies, the embedded model and its files, and what may be spent.

What is asked is written in prompting/. Only bench/ calls a model by another way, to measure this one.
"""
