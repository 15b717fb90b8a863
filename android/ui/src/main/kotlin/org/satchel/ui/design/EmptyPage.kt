// A page without content: says why, and offers the one next step.
// A property says by its name what its class leaves open.
@file:Suppress("UndocumentedPublicProperty")

package org.satchel.ui.design

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.FilledTonalButton
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextDirection
import androidx.compose.ui.unit.dp
import org.satchel.ui.Problem
import org.satchel.ui.text.LocalStrings
import org.satchel.ui.text.ProblemAction
import org.satchel.ui.text.problemText

/** What a person can do about an empty page. */
data class NextStep(
    val label: String,
    val take: () -> Unit,
)

/** Why there is nothing here. */
@Composable
fun EmptyPage(
    icon: ImageVector,
    title: String,
    sentence: String,
    next: NextStep? = null,
) {
    Box(Modifier.fillMaxSize(), contentAlignment = Alignment.Center) {
        Box(Modifier.verticalScroll(rememberScrollState())) { Reason(icon, title, sentence, next) }
    }
}

@Composable
private fun Reason(
    icon: ImageVector,
    title: String,
    sentence: String,
    next: NextStep?,
    more: String? = null,
) {
    Column(
        Modifier.padding(32.dp).widthIn(max = 360.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterHorizontally,
    ) {
        Box(
            Modifier
                .padding(bottom = 8.dp)
                .size(88.dp)
                .background(MaterialTheme.colorScheme.secondaryContainer, CircleShape),
            Alignment.Center,
        ) {
            Icon(icon, null, Modifier.size(40.dp), tint = MaterialTheme.colorScheme.primary)
        }
        Text(
            title,
            Modifier.semantics { heading() },
            style = MaterialTheme.typography.titleLarge,
            textAlign = TextAlign.Center,
        )
        Faint(sentence)
        more?.let { Faint(it) }
        next?.let { FilledTonalButton(it.take, Modifier.padding(top = 8.dp).target()) { Text(it.label) } }
    }
}

/** A page that could not be filled: title, the core's sentence, the server's own words if it had any, one action. */
@Composable
fun ProblemPage(
    problem: Problem,
    onAskAgain: () -> Unit,
    onBack: () -> Unit,
) {
    Box(Modifier.fillMaxSize(), contentAlignment = Alignment.Center) {
        Box(Modifier.verticalScroll(rememberScrollState())) { ProblemReason(problem, onAskAgain, onBack) }
    }
}

/** The same without the page, for where something stands above it. */
@Composable
fun ProblemReason(
    problem: Problem,
    onAskAgain: () -> Unit,
    onBack: () -> Unit,
) {
    val words = problemText(problem, LocalStrings.current)
    val take =
        when (words.action) {
            ProblemAction.AskAgain -> onAskAgain
            ProblemAction.GoBack -> onBack
        }
    Reason(Icons.Problem, words.title, words.sentence, NextStep(words.actionLabel, take), words.serverWords)
}

@Composable
private fun Faint(text: String) {
    Text(
        text,
        // The core's sentence and the server's words need not be in the language of the screen.
        style = MaterialTheme.typography.bodyMedium.copy(textDirection = TextDirection.Content),
        color = MaterialTheme.colorScheme.onSurfaceVariant,
        textAlign = TextAlign.Center,
    )
}
