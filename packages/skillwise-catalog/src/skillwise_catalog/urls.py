"""Catalog's paths, below `/api/v1/`."""

from django.urls import path

from skillwise_catalog.rest.views.categories import CategoryListView
from skillwise_catalog.rest.views.courses import (
    CourseBySlugView,
    CourseListView,
    CourseView,
    OwnCoursesView,
)
from skillwise_catalog.rest.views.imports import ExportView, ImportListView, ImportRequestView, ImportView
from skillwise_catalog.rest.views.instructors import InstructorListView, InstructorView
from skillwise_catalog.rest.views.lifecycle import (
    ApproveView,
    ArchiveView,
    PublishView,
    ReturnView,
    ReviewQueueView,
    SubmitView,
    UnpublishView,
    WithdrawView,
)
from skillwise_catalog.rest.views.media import (
    CaptionsView,
    MediaView,
    PlaylistView,
    RenditionView,
    SegmentsView,
)
from skillwise_catalog.rest.views.outline import LessonListView, LessonView, ModuleListView, ModuleView
from skillwise_catalog.rest.views.reordering import OutlineView
from skillwise_catalog.rest.views.storefront import (
    CatalogChangesView,
    CompanionsView,
    CoverView,
    FacetsView,
    SuggestionsView,
)
from skillwise_catalog.rest.views.uploads import CompletionView, ReceivingView, UploadListView, UploadView
from skillwise_catalog.rest.views.versions import (
    ChangesView,
    DuplicateView,
    RestoreView,
    VersionChangesView,
    VersionListView,
    VersionView,
)
from skillwise_catalog.services.freshness import STOREFRONT

urlpatterns = [
    # the two that are asked the most come first
    path("courses/", STOREFRONT.cached(CourseListView.as_view()), name="catalog-course-list"),
    path("courses/<uuid:course_id>/", STOREFRONT.cached(CourseView.as_view()), name="catalog-course"),
    path("categories/", STOREFRONT.cached(CategoryListView.as_view()), name="catalog-category-list"),
    path("courses/facets/", STOREFRONT.cached(FacetsView.as_view()), name="catalog-course-facets"),
    path("courses/suggest/", STOREFRONT.cached(SuggestionsView.as_view()), name="catalog-course-suggest"),
    path("courses/import/", ImportRequestView.as_view(), name="catalog-course-import"),
    path("courses/imports/", ImportListView.as_view(), name="catalog-import-list"),
    path("courses/imports/<uuid:import_id>/", ImportView.as_view(), name="catalog-import"),
    path(
        "courses/<slug:slug>/",
        STOREFRONT.cached(CourseBySlugView.as_view()),
        name="catalog-course-by-slug",
    ),
    path(
        "courses/<uuid:course_id>/related/",
        STOREFRONT.cached(CompanionsView.as_view()),
        name="catalog-course-related",
    ),
    path("courses/<uuid:course_id>/cover/", CoverView.as_view(), name="catalog-course-cover"),
    path("sync/catalog/", CatalogChangesView.as_view(), name="catalog-sync"),
    path("courses/<uuid:course_id>/submit/", SubmitView.as_view(), name="catalog-course-submit"),
    path("courses/<uuid:course_id>/withdraw/", WithdrawView.as_view(), name="catalog-course-withdraw"),
    path("courses/<uuid:course_id>/approve/", ApproveView.as_view(), name="catalog-course-approve"),
    path("courses/<uuid:course_id>/return/", ReturnView.as_view(), name="catalog-course-return"),
    path("courses/<uuid:course_id>/publish/", PublishView.as_view(), name="catalog-course-publish"),
    path("courses/<uuid:course_id>/unpublish/", UnpublishView.as_view(), name="catalog-course-unpublish"),
    path("courses/<uuid:course_id>/archive/", ArchiveView.as_view(), name="catalog-course-archive"),
    path("admin/courses/reviews/", ReviewQueueView.as_view(), name="catalog-review-queue"),
    path("courses/<uuid:course_id>/export/", ExportView.as_view(), name="catalog-course-export"),
    path("courses/<uuid:course_id>/duplicate/", DuplicateView.as_view(), name="catalog-course-duplicate"),
    path("courses/<uuid:course_id>/changes/", ChangesView.as_view(), name="catalog-changes"),
    path("courses/<uuid:course_id>/versions/", VersionListView.as_view(), name="catalog-version-list"),
    path("courses/<uuid:course_id>/versions/<int:number>/", VersionView.as_view(), name="catalog-version"),
    path(
        "courses/<uuid:course_id>/versions/<int:number>/changes/",
        VersionChangesView.as_view(),
        name="catalog-version-changes",
    ),
    path(
        "courses/<uuid:course_id>/versions/<int:number>/restore/",
        RestoreView.as_view(),
        name="catalog-version-restore",
    ),
    path(
        "courses/<uuid:course_id>/instructors/",
        InstructorListView.as_view(),
        name="catalog-instructor-list",
    ),
    path(
        "courses/<uuid:course_id>/instructors/<uuid:user_id>/",
        InstructorView.as_view(),
        name="catalog-instructor",
    ),
    path("courses/<uuid:course_id>/outline/", OutlineView.as_view(), name="catalog-outline"),
    path("courses/<uuid:course_id>/modules/", ModuleListView.as_view(), name="catalog-module-list"),
    path("modules/<uuid:module_id>/", ModuleView.as_view(), name="catalog-module"),
    path("modules/<uuid:module_id>/lessons/", LessonListView.as_view(), name="catalog-lesson-list"),
    path("lessons/<uuid:lesson_id>/", LessonView.as_view(), name="catalog-lesson"),
    path("uploads/", UploadListView.as_view(), name="catalog-upload-list"),
    path("uploads/<uuid:upload_id>/", UploadView.as_view(), name="catalog-upload"),
    path("uploads/<uuid:upload_id>/complete/", CompletionView.as_view(), name="catalog-upload-complete"),
    path("media/incoming/<str:token>/", ReceivingView.as_view(), name="catalog-media-receive"),
    path("media/playlists/<str:token>/", PlaylistView.as_view(), name="catalog-media-playlist"),
    path("media/renditions/<str:token>/", RenditionView.as_view(), name="catalog-media-rendition"),
    path("media/captions/<str:token>/", CaptionsView.as_view(), name="catalog-media-captions"),
    path("media/segments/<str:token>/", SegmentsView.as_view(), name="catalog-media-segments"),
    path("media/<str:token>/", MediaView.as_view(), name="catalog-media"),
    path("instructors/courses/", OwnCoursesView.as_view(), name="catalog-own-course-list"),
]
