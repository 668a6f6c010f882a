"""Settings, root URLs, WSGI and Celery: the only room that imports everything."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
