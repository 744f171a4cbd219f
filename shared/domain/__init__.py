"""The collector's facts and the rules by which two devices' edits become one."""
