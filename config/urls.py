"""The whole map: pages, the API, the admin."""

from django.contrib import admin
from django.urls import path

from config import pages

urlpatterns = [
    path("", pages.home, name="home"),
    path("learn/", pages.learn, name="learn"),
    path("crisis/", pages.crisis, name="crisis"),
    path("privacy/", pages.privacy, name="privacy"),
    path("admin/", admin.site.urls),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
]

handler400 = "config.pages.bad_request"
handler403 = "config.pages.permission_denied"
handler404 = "config.pages.page_not_found"
handler500 = "config.pages.server_error"
