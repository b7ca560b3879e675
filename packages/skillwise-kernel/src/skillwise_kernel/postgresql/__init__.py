"""Django's PostgreSQL backend, with a check of idle connections that asks the server nothing, and prepared
statements for what is asked the most (`prepared.prepared_cursor`).

DATABASES = {"default": {"ENGINE": "skillwise_kernel.postgresql", "CONN_HEALTH_CHECKS": True, ...}}
"""
