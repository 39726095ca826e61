"""The picture of a profile on the desk: a file to send, what is there now, and a box that takes it off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from directory import actions
from directory.admin.life import staff
from directory.curation.pictures import CONTENT_TYPE, MOST_BYTES, BadPicture, remade
from directory.models import Picture, Therapist


class PictureFields(forms.Form):
    """Mixed into the form of a profile. Not fields of the model: the action makes the picture."""

    new_picture = forms.FileField(
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=f"JPEG, PNG or WebP, up to {MOST_BYTES // 1024 // 1024} MB. We cut it to a square and take out "
        "everything that does not show, such as where it was taken.",
    )
    remove_picture = forms.BooleanField(required=False, label="Take the picture off")

    def clean_new_picture(self) -> bytes | None:
        sent: UploadedFile | None = self.cleaned_data["new_picture"]
        if sent is None:
            return None
        # One byte more than is allowed tells that it is too large, however large it is.
        data = sent.read(MOST_BYTES + 1)
        try:
            remade(data)
        except BadPicture as problem:
            raise ValidationError(str(problem)) from None
        return data


class PictureOnTheDesk(admin.ModelAdmin):
    """A ModelAdmin of profiles that shows and changes their pictures."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.picture_view)
        return [path("<path:object_id>/picture/", view, name="directory_therapist_picture"), *super().get_urls()]

    def picture_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The picture of any profile, listed or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        picture = Picture.objects.filter(therapist=int(object_id)).first() if object_id.isdecimal() else None
        if picture is None:
            raise Http404
        return HttpResponse(bytes(picture.content), content_type=CONTENT_TYPE)

    @admin.display(description="picture")
    def picture_now(self, therapist: Therapist) -> str | SafeString:
        picture = Picture.objects.defer("content").filter(therapist=therapist.pk).first()
        if picture is None:
            return "There is none."
        url = reverse("admin:directory_therapist_picture", args=[therapist.pk])
        return format_html(
            '<img class="portrait" src="{}?v={}" width="160" height="160" alt="The picture as it is now">',
            url,
            picture.version,
        )

    def change_picture(self, request: HttpRequest, therapist: Therapist, form: Any) -> None:
        """Do what the form asks. Called when the profile is saved."""
        if data := form.cleaned_data.get("new_picture"):
            actions.set_picture(therapist=therapist, data=data, by=staff(request), at=timezone.now())
        elif form.cleaned_data.get("remove_picture"):
            actions.remove_picture(therapist=therapist, by=staff(request))
