from django.urls import path

from directory import listing_views, report_views, views

app_name = "directory"

urlpatterns = [
    path("therapists/", views.browse, name="browse"),
    path("therapists/<slug:slug>/", views.therapist, name="therapist"),
    path("therapists/<slug:slug>/report/", report_views.report, name="report"),
    path("therapists/report/thanks/", report_views.thanks, name="report_thanks"),
    # Never with the link's secret in a log: config.middleware writes the pattern, not the path.
    path("listing/new/", listing_views.new_link, name="listing_new"),
    path("listing/thanks/<slug:what>/", listing_views.thanks, name="listing_thanks"),
    path("listing/<str:secret>/", listing_views.listing, name="listing"),
    path("listing/<str:secret>/pause/", listing_views.pause, name="listing_pause"),
    path("listing/<str:secret>/leave/", listing_views.leave, name="listing_leave"),
    path("therapists/<slug:slug>/picture", views.picture, name="picture"),
    path("shortlist/", views.shortlist, name="shortlist"),
    path("shortlist/<slug:slug>/", views.change_shortlist, name="change_shortlist"),
]
