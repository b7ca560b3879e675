"""Paths of the pages that links in mails lead to. The host includes them at its root."""

from django.urls import path

from skillwise_identity.pages import ResetPasswordPage, VerifyEmailPage

urlpatterns = [
    path("verify-email", VerifyEmailPage.as_view(), name="identity-verify-email-page"),
    path("reset-password", ResetPasswordPage.as_view(), name="identity-reset-password-page"),
]
