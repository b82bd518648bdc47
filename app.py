"""What WSGI servers and the `flask` command load."""

from cxwiki import create_app

app = create_app()
