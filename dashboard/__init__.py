"""The web application: it reads published snapshots and the registry's alerts, and draws them."""
