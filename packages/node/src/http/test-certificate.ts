/**
 * A key and a certificate for "localhost" that nobody signed: tests serve TLS with it to see it refused. Protects nothing.
 * @module
 */
export const TEST_KEY: string = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeVI3BUZr2WiVY1n1
4FErfiUrKfheQsZFHZhatJTXyx6hRANCAAQcFDf6GWSJDs4d1rc94of6mgHTIm2z
mcsXTAWHlijsrqDyLBiEpHIyPbihUraZo6T+/q0iIsFGKo/ReXNJi80w
-----END PRIVATE KEY-----`;

export const TEST_CERTIFICATE: string = `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUN0jO6bwH+b+i/uM7S48DRqlVwfAwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDE1MDc1NVoYDzIxMjYxMDI3
MTUwNzU1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQcFDf6GWSJDs4d1rc94of6mgHTIm2zmcsXTAWHlijsrqDyLBiEpHIy
PbihUraZo6T+/q0iIsFGKo/ReXNJi80wo28wbTAdBgNVHQ4EFgQUtV1fq/7xprzy
nQVDICIVi76dc3EwHwYDVR0jBBgwFoAUtV1fq/7xprzynQVDICIVi76dc3EwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAIlfUbRLtI+/e5fKXTJAiKObVB5YhpDpAKesZOw49ljbAiB9
OVuWpP7EfAuD5yZ+6jBpkVFdc+m+x01/Hjt9vcFLfw==
-----END CERTIFICATE-----`;
