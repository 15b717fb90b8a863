// The window: draws what stands behind it. Compiled by Gradle only: Compose for Android is not on Maven's path.

package org.satchel.app

import android.content.Intent
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.compose.BackHandler
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import org.satchel.ui.SatchelApp
import org.satchel.ui.design.MailTheme
import org.satchel.ui.design.ProblemPage
import org.satchel.ui.design.SkeletonPage

/** The one activity. */
class MainActivity : ComponentActivity() {
    private val app get() = application as SatchelApplication
    private lateinit var mailWindow: Window
    private var seen by mutableStateOf(false)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        enableEdgeToEdge()
        mailWindow = app.window(savedInstanceState?.getStringArrayList(ROUTES).orEmpty())
        if (savedInstanceState == null) mailWindow.arrive(intent)
        setContent { MailTheme { Shown() } }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        mailWindow.arrive(intent)
    }

    override fun onStart() {
        super.onStart()
        seen = true
    }

    override fun onStop() {
        seen = false
        super.onStop()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putStringArrayList(ROUTES, ArrayList(mailWindow.navigator.saved()))
    }

    override fun onDestroy() {
        if (isFinishing) app.closeWindow()
        super.onDestroy()
    }

    @Composable
    private fun Shown() {
        val content by mailWindow.content.collectAsState()
        when (val now = content) {
            WindowContent.Opening -> {
                SkeletonPage()
            }

            is WindowContent.Failed -> {
                ProblemPage(now.problem, mailWindow::askAgain, ::finish)
            }

            is WindowContent.Opened -> {
                val routes by mailWindow.navigator.routes.collectAsState()
                BackHandler(enabled = routes.size > 1) { mailWindow.navigator.back() }
                LaunchedEffect(now) { permissionToAsk(app.mail.get())?.let { requestPermissions(arrayOf(it), 0) } }
                SatchelApp(now.screens, seen)
            }
        }
    }

    private companion object {
        const val ROUTES = "routes"
    }
}
