"""What a WSGI server serves. Ours is `skillwise_host.web`."""

import os
from typing import Final

from django.core.wsgi import get_wsgi_application
from django.db import connections

__all__ = ["STATEMENT_TIMEOUT", "application"]

#: How long PostgreSQL works at one statement of a request, lest strangers hold connections by what they
#: ask. Workers and commands may take their time.
STATEMENT_TIMEOUT: Final = "5s"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skillwise_host.settings")

application = get_wsgi_application()

_options = connections.settings["default"]["OPTIONS"]
_options["options"] = f"-c statement_timeout={STATEMENT_TIMEOUT} {_options.get('options', '')}".rstrip()
