//! Secrets that the service has to read again, which the database keeps sealed (AES-256-GCM): whoever has the database alone
//! cannot read them. The key comes from the secret behind the tokens; while that is rotated, either opens.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::{TokenError, TokenKeys, keys::SigningKey};

const PURPOSE: &[u8] = b"second factor\0";

fn key(of: &SigningKey) -> Option<LessSafeKey> {
    let bytes = of.mac(PURPOSE, b"");
    UnboundKey::new(&AES_256_GCM, &bytes)
        .ok()
        .map(LessSafeKey::new)
}

/// What is sealed for one account is of no use in the row of another.
fn bound_to(user_id: i64) -> Aad<[u8; 8]> {
    Aad::from(user_id.to_be_bytes())
}

impl TokenKeys {
    /// Seals a secret of an account: a random nonce, the ciphertext and its tag.
    ///
    /// # Errors
    /// If the cipher fails.
    pub fn seal(&self, user_id: i64, secret: &[u8]) -> Result<Vec<u8>, TokenError> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = secret.to_vec();
        key(&self.current)
            .ok_or(TokenError::Signing)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                bound_to(user_id),
                &mut sealed,
            )
            .map_err(|_| TokenError::Signing)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens a secret of an account.
    ///
    /// # Errors
    /// If it was sealed for another account, by another secret than the current one and the one before, or was changed.
    pub fn unseal(&self, user_id: i64, sealed: &[u8]) -> Result<Vec<u8>, TokenError> {
        let (nonce, rest) = sealed
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(TokenError::Invalid)?;
        [Some(&self.current), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .find_map(|of| {
                let mut bytes = rest.to_vec();
                let nonce = Nonce::assume_unique_for_key(*nonce);
                let opened = key(of)?.open_in_place(nonce, bound_to(user_id), &mut bytes);
                opened.ok().map(|opened| opened.to_vec())
            })
            .ok_or(TokenError::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_for_its_account_until_the_second_rotation() {
        let of = |secret: &[u8]| TokenKeys::new(secret, 900, 900);
        let sealed = of(b"one").seal(7, b"hidden").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"hidden"));
        assert_eq!(of(b"one").unseal(7, &sealed).unwrap(), b"hidden");
        assert_eq!(of(b"one").unseal(8, &sealed), Err(TokenError::Invalid));
        let rotated = of(b"two").with_previous(Some(b"one"));
        assert_eq!(rotated.unseal(7, &sealed).unwrap(), b"hidden");
        assert_eq!(of(b"two").unseal(7, &sealed), Err(TokenError::Invalid));
        let mut changed = sealed.clone();
        changed[NONCE_LEN] ^= 1;
        assert_eq!(of(b"one").unseal(7, &changed), Err(TokenError::Invalid));
        assert_eq!(of(b"one").unseal(7, b"short"), Err(TokenError::Invalid));
        assert_ne!(sealed, of(b"one").seal(7, b"hidden").unwrap());
    }
}
