"""How often one person or token may ask. Counted in Redis where there is one, else in files."""

import logging
from typing import Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

logger = logging.getLogger("portal.api")


class PersonThrottle(SimpleRateThrottle):
    """`settings.API_RATE` requests of each account; every token has its own."""

    scope = "person"

    def get_rate(self) -> str:
        return settings.API_RATE

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"api-rate-{request.user.pk}"

    def allow_request(self, request: Request, view: Any) -> bool:
        self.cache = caches["counts"]
        try:
            return super().allow_request(request, view)
        except RedisError:
            logger.warning("Redis does not answer; the API's requests are counted in this process")
            self.cache = caches["default"]
            return super().allow_request(request, view)
