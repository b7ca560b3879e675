"""What is offered, and on which terms: coupons, bundles, prices and shares."""
