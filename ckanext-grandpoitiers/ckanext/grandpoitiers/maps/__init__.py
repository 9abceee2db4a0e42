"""Where things are: boxes, landmarks, the layers of a link and their features."""
