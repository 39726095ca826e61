"""The whole map: pages, the API, the admin."""

from django.contrib import admin
from django.urls import include, path, re_path

from config import leaving, pages, problems

urlpatterns = [
    path("", pages.home, name="home"),
    path("learn/", pages.learn, name="learn"),
    path("crisis/", pages.crisis, name="crisis"),
    path("privacy/", pages.privacy, name="privacy"),
    path("match/exit/", leaving.leave, name="leave"),
    path("match/return/leave/", leaving.put_away, name="put_away"),
    path("match/under-18/", pages.under_18, name="under_18"),
    path("vegetable-soup/", leaving.soup, name="soup"),
    path("vegetable-soup/pot.svg", leaving.pot, name="pot"),
    path("", include("assessments.urls")),
    path("", include("matching.urls")),
    path("", include("directory.urls")),
    path("api/v1/", include("directory.api.urls")),
    path("api/v1/", include("assessments.api.urls")),
    path("api/v1/", include("matching.api.urls")),
    re_path("^api/", problems.not_found),  # not a page, whatever DEBUG says
    path("problems/<slug:code>", problems.explain, name="problem"),
    path("admin/", admin.site.urls),
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
]

handler400 = "config.pages.bad_request"
handler403 = "config.pages.permission_denied"
handler404 = "config.pages.page_not_found"
handler500 = "config.pages.server_error"
