"""The guardian eye: video and sound become few, reviewable alerts."""
