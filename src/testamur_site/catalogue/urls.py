from __future__ import annotations

from .design.urls import urlpatterns as design
from .offerings.urls import urlpatterns as offerings
from .public.urls import urlpatterns as public

app_name = "catalogue"

urlpatterns = [*public, *offerings, *design]
