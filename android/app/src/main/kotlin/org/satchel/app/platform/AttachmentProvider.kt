// Lets another app read one attachment that the person opened in it, and nothing else.

package org.satchel.app.platform

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import android.webkit.MimeTypeMap
import java.io.File
import java.io.FileNotFoundException

/** Not exported: an app reads what it was handed with a grant. Nobody writes. */
class AttachmentProvider : ContentProvider() {
    override fun onCreate() = true

    override fun openFile(
        uri: Uri,
        mode: String,
    ): ParcelFileDescriptor {
        if (mode != "r") throw FileNotFoundException("attachments are only read")
        return ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.MODE_READ_ONLY)
    }

    override fun query(
        uri: Uri,
        projection: Array<String>?,
        selection: String?,
        selectionArgs: Array<String>?,
        sortOrder: String?,
    ): Cursor {
        val file = file(uri)
        val told = mapOf(OpenableColumns.DISPLAY_NAME to file.name, OpenableColumns.SIZE to file.length())
        val columns = projection?.filter(told::containsKey) ?: told.keys.toList()
        return MatrixCursor(columns.toTypedArray(), 1).apply { addRow(columns.map(told::get)) }
    }

    override fun getType(uri: Uri): String =
        MimeTypeMap.getSingleton().getMimeTypeFromExtension(file(uri).extension.lowercase())
            ?: "application/octet-stream"

    override fun insert(
        uri: Uri,
        values: ContentValues?,
    ): Uri? = null

    override fun update(
        uri: Uri,
        values: ContentValues?,
        selection: String?,
        selectionArgs: Array<String>?,
    ) = 0

    override fun delete(
        uri: Uri,
        selection: String?,
        selectionArgs: Array<String>?,
    ) = 0

    private fun file(uri: Uri): File {
        val folder = folder(checkNotNull(context)).canonicalFile
        val file = File(folder, uri.path.orEmpty()).canonicalFile
        // An address is written by whoever asks: "../" in it leads out of the folder.
        if (!file.startsWith(folder) || !file.isFile) throw FileNotFoundException("there is no such attachment")
        return file
    }

    /** Addresses of attachments. */
    companion object {
        /** The folder that is read from. */
        fun folder(context: Context) = File(context.cacheDir, "attachments")

        /** What another app is handed for [file], which lies in the folder. */
        fun address(
            context: Context,
            file: File,
        ): Uri =
            Uri
                .Builder()
                .scheme("content")
                .authority("${context.packageName}.attachments")
                .path(file.relativeTo(folder(context)).path)
                .build()
    }
}
