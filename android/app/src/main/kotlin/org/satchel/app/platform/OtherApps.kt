// Hands attachments and links over to the apps that show them.

package org.satchel.app.platform

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.net.Uri
import org.satchel.mail.AttachmentView
import org.satchel.mail.PlacementId
import org.satchel.ui.Surroundings
import java.io.File

/** Where attachments are kept for other apps to read: they can be fetched again, so the system may clear it. */
class OtherApps(
    private val context: Context,
) {
    /** What the screens ask for. */
    fun surroundings() = Surroundings(::place, ::showFile, ::followLink)

    /** A file of its own for each part, so that two of the same name do not meet. */
    private fun place(
        message: PlacementId,
        part: AttachmentView,
    ): File {
        val folder = File(AttachmentProvider.folder(context), "${message.value}/${part.section}")
        folder.mkdirs()
        return File(folder, part.name)
    }

    private fun showFile(
        path: String,
        mediaType: String,
    ) {
        val view =
            Intent(Intent.ACTION_VIEW)
                .setDataAndType(AttachmentProvider.address(context, File(path)), mediaType)
                .addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
        // The chooser says so itself if there is no app for it.
        start(Intent.createChooser(view, null))
    }

    private fun followLink(url: String) {
        val link = Uri.parse(url)
        if (link.scheme?.lowercase() in FOLLOWED) start(Intent(Intent.ACTION_VIEW, link))
    }

    private fun start(intent: Intent) {
        try {
            context.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
        } catch (_: ActivityNotFoundException) {
            // A phone without a browser: there is nobody to hand it to.
            return
        }
    }

    private companion object {
        /** A mail may point to the web, to people, and to nothing inside the phone. */
        val FOLLOWED = setOf("https", "http", "mailto", "tel")
    }
}
