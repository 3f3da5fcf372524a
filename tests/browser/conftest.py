"""What the tests of this folder share as long as a process is in it: a browser, its visitor, and two servers.

A fixture lasts for the folder of the file that names it, so the files here name those of tests/support/browser.py.
"""

from tests.support.browser import browser, example_app, regular, shared_app

__all__ = ["browser", "example_app", "regular", "shared_app"]
