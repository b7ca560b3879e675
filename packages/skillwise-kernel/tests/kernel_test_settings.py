from skillwise_kernel.testing.settings import minimal_settings

globals().update(
    minimal_settings(
        "rest_samples",
        "outbox_probe.apps.ProbeConfig",
        ROOT_URLCONF="kernel_test_urls",
        # Everything that takes minutes in earnest takes moments here.
        SKILLWISE_OUTBOX={
            "ANNOUNCEMENT_SECONDS": 2,
            "SWEEP_INTERVAL_SECONDS": 1,
            "BACKOFF_BASE_SECONDS": 0.1,
            "BACKOFF_MAX_SECONDS": 1,
        },
    )
)
