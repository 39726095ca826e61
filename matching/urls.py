from django.urls import path

from matching import couple_views, views, why_views

app_name = "matching"

urlpatterns = [
    path("match/", views.start, name="start"),
    path("match/needs/", views.needs, name="needs"),
    path("match/needs/check/", views.check, name="check"),
    path("match/needs/<slug:slug>/", views.step, name="step"),
    path("match/couple/", couple_views.couple, name="couple"),
    path("match/couple/invite/", couple_views.invite, name="invite"),
    path("match/couple/join/", couple_views.join, name="join"),
    path("match/couple/hand-over/", couple_views.hand_over, name="hand_over"),
    path("match/couple/share/", couple_views.share, name="share"),
    path("match/couple/withdraw/", couple_views.withdraw, name="withdraw"),
    path("match/couple/withdrawn/", couple_views.withdrawn, name="withdrawn"),
    path("match/results/", views.results, name="results"),
    path("match/why/", why_views.why, name="why"),
    path("how-matching-works/", views.how_matching_works, name="how_matching_works"),
]
