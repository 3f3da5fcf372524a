"""Figures in the order of time: where a rate changed beyond chance, and whether its judge did."""
