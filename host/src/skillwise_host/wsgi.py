"""What a WSGI server serves: `granian --interface wsgi skillwise_host.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

__all__ = ["application"]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "skillwise_host.settings")

application = get_wsgi_application()
