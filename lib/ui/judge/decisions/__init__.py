"""Decision judges on the screen: how one is asked, and how far its probabilities can be believed."""
