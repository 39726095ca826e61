"""Pages of the questionnaire, under /match/questions/, and of leaving and coming back, under /match/return/.

Those about the second person have the same names.
"""

from django.urls import path

from assessments import return_views, views

app_name = "assessments"

FIRST, SECOND = {"place": 1}, {"place": 2}

urlpatterns = [
    path("match/questions/second/about/", views.about, SECOND, name="about"),
    path("match/questions/second/<int:number>/", views.question, SECOND, name="question"),
    path("match/questions/second/remove/", views.remove, SECOND, name="remove"),
    # Without a place, reverse() takes the later of two routes with one name: the first person's.
    path("match/questions/about/", views.about, FIRST, name="about"),
    path("match/questions/<int:number>/", views.question, FIRST, name="question"),
    path("match/questions/remove/", views.remove, FIRST, name="remove"),
    path("match/questions/check/", views.check, name="check"),
    path("match/questions/delete/", views.delete, name="delete"),
    path("match/questions/deleted/", views.deleted, name="deleted"),
    path("match/return/", return_views.come_back, name="come_back"),
    path("match/return/code/", return_views.code, name="return_code"),
    path("match/return/drop/", return_views.drop_code, name="drop_code"),
    path("match/return/dropped/", return_views.code_dropped, name="code_dropped"),
    path("match/return/left/", return_views.left, name="left"),
]
