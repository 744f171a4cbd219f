"""Suite 1: Argon2id, HKDF-SHA-256, AES-256-GCM with a key commitment, HPKE with ML-KEM.

One module a purpose. All is pure: randomness comes in as ``Random``. On import the installed
``cryptography`` must be new enough, else OutdatedCryptographyError.
"""

from cryptography import __version__

from shared.crypto.floor import demand

demand(__version__)
