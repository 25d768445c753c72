"""JPEG files (ITU-T T.81) as what they code, so that nothing else in them is published."""
