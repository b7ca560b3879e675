"""Django's PostgreSQL backend, with a check of idle connections that asks the server nothing.

DATABASES = {"default": {"ENGINE": "skillwise_kernel.postgresql", "CONN_HEALTH_CHECKS": True, ...}}
"""
