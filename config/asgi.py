"""ASGI entry point: pages over HTTP, the video room and live threads over WebSocket."""

import gc
import os
import sys

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
django.setup(set_prefix=False)

from accounts.sockets import RefuseWhileViewing  # noqa: E402  (these need the apps loaded above)
from core.handler import PageHandler  # noqa: E402
from core.observation import counts  # noqa: E402
from messaging import routing as messaging  # noqa: E402
from sessions_video import routing as sessions_video  # noqa: E402

sockets = URLRouter([*messaging.websocket_urlpatterns, *sessions_video.websocket_urlpatterns])
application = ProtocolTypeRouter(
    {
        "http": PageHandler(),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(RefuseWhileViewing(sockets))),
    }
)

counts.start()

# What was loaded stays, and sockets live long: looking through all of it again and again for rings stops every room of
# the process for a third of a second (`./run bench room`).
gc.freeze()
gc.set_threshold(100_000, 50, 100)

# What one message waits for a thread of the database to let go, at most: the default is five milliseconds.
sys.setswitchinterval(0.001)
