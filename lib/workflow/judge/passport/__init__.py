"""The judge leaves the building: its passport with code that runs anywhere, the proof of it, and the way back."""

from lib.prompting.passport import ADAPTERS as ADAPTERS
