"""What the machine offers: folders, locks, the keychain, the anchor."""
