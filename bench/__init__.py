"""What `app.py bench` runs: real processes, real data, and a peer beside them in the same run where there is one."""
