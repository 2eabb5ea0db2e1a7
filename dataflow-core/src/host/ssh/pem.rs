//! The PEM form of private keys, plain or encrypted the way OpenSSL used to.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;

use super::super::KeyProblem;

/// One block of a PEM file.
pub(super) struct Block<'a> {
    pub(super) label: &'a str,
    /// The cipher and, in hexadecimal, where it starts from.
    cipher: Option<(&'a str, &'a str)>,
    base64: Zeroizing<String>,
}

impl<'a> Block<'a> {
    /// The first private key in a file.
    pub(super) fn find(text: &'a str) -> Option<Self> {
        let mut lines = text.lines().map(str::trim);
        let label = lines.find_map(|line| {
            let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
            label.ends_with("PRIVATE KEY").then_some(label)
        })?;
        let mut block = Self {
            label,
            cipher: None,
            base64: Zeroizing::default(),
        };
        for line in lines.take_while(|line| !line.starts_with("-----END ")) {
            match line.split_once(": ") {
                Some(("DEK-Info", cipher)) => block.cipher = cipher.split_once(','),
                Some(_) => {}
                None => block.base64.push_str(line),
            }
        }
        Some(block)
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.cipher.is_some()
    }

    /// What is in it.
    pub(super) fn body(&self, passphrase: Option<&str>) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
        let body = STANDARD
            .decode(self.base64.as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| KeyProblem::Malformed)?;
        let Some((cipher, start)) = self.cipher else {
            return Ok(body);
        };
        let passphrase = passphrase.ok_or(KeyProblem::Encrypted)?;
        let start = (0..start.len() / 2)
            .map(|at| u8::from_str_radix(start.get(2 * at..2 * at + 2)?, 16).ok())
            .collect::<Option<Vec<u8>>>()
            .filter(|start| start.len() == 16)
            .ok_or(KeyProblem::Malformed)?;
        match cipher {
            "AES-128-CBC" => open::<cbc::Decryptor<aes::Aes128>>(16, &start, &body, passphrase),
            "AES-192-CBC" => open::<cbc::Decryptor<aes::Aes192>>(24, &start, &body, passphrase),
            "AES-256-CBC" => open::<cbc::Decryptor<aes::Aes256>>(32, &start, &body, passphrase),
            _ => Err(KeyProblem::Malformed),
        }
    }
}

fn open<C: KeyIvInit + BlockModeDecrypt>(
    size: usize,
    start: &[u8],
    body: &[u8],
    passphrase: &str,
) -> Result<Zeroizing<Vec<u8>>, KeyProblem> {
    let key = derive(size, passphrase.as_bytes(), &start[..8]);
    let mut opened = Zeroizing::new(body.to_vec());
    let length = C::new_from_slices(&key, start)
        .map_err(|_| KeyProblem::Malformed)?
        .decrypt_padded::<Pkcs7>(&mut opened)
        .map_err(|_| KeyProblem::WrongPassphrase)?
        .len();
    opened.truncate(length);
    Ok(opened)
}

/// The key that OpenSSL makes of a passphrase for this form: MD5 over and over, each time with what came out before.
fn derive(size: usize, passphrase: &[u8], salt: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(Vec::new());
    let mut last = Zeroizing::new(Vec::new());
    while key.len() < size {
        last.extend_from_slice(passphrase);
        last.extend_from_slice(salt);
        *last = md5::compute(last.as_slice()).0.to_vec();
        key.extend_from_slice(&last);
    }
    key.truncate(size);
    key
}
