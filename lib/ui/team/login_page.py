"""The login page: one page without script, light and dark, on a screen and a phone. Knows its words and its looks."""

from html import escape
from string import Template

from starlette.responses import HTMLResponse

HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy":
           "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; base-uri 'none'; "
           "frame-ancestors 'none'"}
_PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Log in · Plumbline</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark"><link rel="icon" href="$base/login/icon.svg">
<style>
:root { --ground: #fff; --card: #F3F5F6; --ink: #1D2428; --soft: #55626a; --line: #8b979e; --act: #2F7282;
  --on: #fff; --said: #9b2c1f; --saidground: #fdeeec }
@media (prefers-color-scheme: dark) { :root { --ground: #14181B; --card: #1E2428; --ink: #E6EAEC; --soft: #a5b0b6;
  --line: #66727a; --act: #57a9be; --on: #0d1214; --said: #ffb4a8; --saidground: #3a2320 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground);
  color: var(--ink); font: 16px/1.5 "Source Sans", "Source Sans Pro", system-ui, sans-serif }
main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--card); border-radius: .75rem }
header { display: flex; align-items: center; gap: .75rem; margin-bottom: 1.5rem }
header img { width: 2.25rem; height: 2.25rem }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600 }
input { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--ground);
  border: 1px solid var(--line); border-radius: .5rem }
button, a.act { display: block; width: 100%; margin-top: 1.5rem; padding: .7rem; font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; color: var(--on); background: var(--act); border: 0;
  border-radius: .5rem; cursor: pointer }
:is(input, button, a.act):focus-visible { outline: 3px solid var(--act); outline-offset: 2px }
p { margin: 1.25rem 0 0; color: var(--soft); font-size: .9rem }
p[role] { color: var(--said); background: var(--saidground); padding: .6rem .75rem; border-radius: .5rem;
  overflow-wrap: anywhere }
code { display: block; margin-top: .5rem; color: var(--ink); font-size: .85rem }
</style></head>
<body><main><header><img src="$base/login/icon.svg" alt=""><h1>Plumbline</h1></header>
$said$form</main></body></html>
""")
_FORM = Template("""<form method="post" action="$base/login" accept-charset="utf-8">
<input type="hidden" name="form" value="$token"><input type="hidden" name="next" value="$next">
<label for="login">Login</label>
<input id="login" name="login" value="$login" autocomplete="username" autocapitalize="none" spellcheck="false" required
  maxlength="200"$first>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1024"$second>
<button>Log in</button></form>
<p>The operator adds accounts and gives a forgotten password anew.</p>
""")
_BUTTON = Template("""<a class="act" href="$base/login/provider">Log in</a>
<p>Your organisation's login page comes next.</p>
""")


def form(base: str, token: str, goes_to: str, said: str = "", login: str = "", status: int = 200) -> HTMLResponse:
    """The page with login and password; `token` comes back with it, `said` is why it is shown again."""
    fields = _FORM.substitute(base=escape(base), token=escape(token), next=escape(goes_to), login=escape(login),
                              first="" if login else " autofocus", second=" autofocus" if login else "")
    return _page(base, said, fields, status)


def button(base: str, said: str = "", status: int = 200) -> HTMLResponse:
    """The page that leads to a provider."""
    return _page(base, said, _BUTTON.substitute(base=escape(base)), status)


def _page(base: str, said: str, rest: str, status: int) -> HTMLResponse:
    sentence, _, command = said.partition("\n")
    code = f"<code>{escape(command)}</code>" if command else ""
    why = f'<p role="alert">{escape(sentence)}{code}</p>\n' if said else ""
    return HTMLResponse(_PAGE.substitute(base=escape(base), said=why, form=rest), status, HEADERS)
