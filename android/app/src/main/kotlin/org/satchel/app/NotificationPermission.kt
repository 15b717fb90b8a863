// When the person is asked whether the app may notify: once there is mail to tell of, and not before.

package org.satchel.app

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import org.satchel.mail.Satchel

/** Names the permission to ask for now, or null. Who refused twice is left alone by the system. */
suspend fun Context.permissionToAsk(mail: Satchel): String? {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return null
    val permission = Manifest.permission.POST_NOTIFICATIONS
    val granted = checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED
    return permission.takeUnless { granted || mail.accounts.list().isEmpty() }
}
