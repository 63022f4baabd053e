"""The public web channel: the citizen's chat page, the embeddable widget, and the HTTP chat."""

from fastapi import APIRouter

from bots.web.api import ChatDeps, chat_router
from bots.web.pages import pages_router
from bots.web.ports import Chat, SignIn
from bots.web.visitors import Visitors, load_key
from core.settings import Settings

__all__ = ["web_router"]


def web_router(settings: Settings, chat: Chat, sign_in: SignIn | None = None) -> APIRouter:
    """All routes of the channel. Makes the cookie key under HOME when there is none.

    Raises ValueError for a key or embedding sites that cannot be used.
    """
    key = load_key(settings.home, settings.web_session_key.get_secret_value())
    visitors = Visitors(key, settings.web_visit_days)
    router = APIRouter()
    router.include_router(chat_router(ChatDeps(chat, visitors, demo=settings.demo, sign_in=sign_in)))
    router.include_router(
        pages_router(
            visitors,
            embed_sites=settings.web_embed_sites,
            visit_days=settings.web_visit_days,
            keep_days=settings.web_keep_days,
        )
    )
    return router
