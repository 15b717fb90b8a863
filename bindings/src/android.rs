//! Hands Android's Context to the part of the library that asks the phone which certificates it believes.

use jni::EnvUnowned;
use jni::errors::LogErrorAndDefault;
use jni::objects::{JClass, JObject};
use jni::sys::jboolean;

/// `org.satchel.mail.platform.SystemTrust.initialize(Context)`: once per process, before a home is opened. Without it no
/// certificate can be judged on Android, and so no connection made. Answers whether it worked.
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_org_satchel_mail_platform_SystemTrust_initialize<'caller>(
    mut env: EnvUnowned<'caller>,
    _class: JClass<'caller>,
    context: JObject<'caller>,
) -> jboolean {
    let done = env.with_env(|env| -> jni::errors::Result<jboolean> {
        rustls_platform_verifier::android::init_with_env(env, context)?;
        Ok(true)
    });
    done.resolve::<LogErrorAndDefault>()
}
