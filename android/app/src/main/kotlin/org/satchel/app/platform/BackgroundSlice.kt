// Fetches mail while nobody looks: one slice of the core's work each time the system gives the app a turn.

package org.satchel.app.platform

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import org.satchel.app.SatchelApplication
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes

/** The job. What it does is in [org.satchel.app.Slice]; here is only when. */
class BackgroundSlice : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private var run: SliceRun? = null

    override fun onStartJob(params: JobParameters): Boolean {
        val app = application as SatchelApplication
        run = SliceRun(scope, { app.slice(TURN) }, { again -> jobFinished(params, again) })
        return true
    }

    override fun onStopJob(params: JobParameters): Boolean = run?.stop() == true

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    /** When the job runs. */
    companion object {
        /** The one job there is. */
        const val ID = 1

        /** The least time between two turns that the system grants. */
        val EVERY: Duration = 15.minutes

        /** A turn is ten minutes long; the core wants some time to put down what it has. */
        val TURN: Duration = 9.minutes

        /**
         * Asks for turns, from now on and after each restart of the phone. One that is asked for already is left alone:
         * asking again would begin its waiting anew, and an app that is opened often would never get a turn.
         */
        fun schedule(context: Context) {
            val scheduler = context.getSystemService(JobScheduler::class.java) ?: return
            if (scheduler.getPendingJob(ID)?.intervalMillis == EVERY.inWholeMilliseconds) return
            scheduler.schedule(
                JobInfo
                    .Builder(ID, ComponentName(context, BackgroundSlice::class.java))
                    .setPeriodic(EVERY.inWholeMilliseconds)
                    .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                    .setPersisted(true)
                    .build(),
            )
        }
    }
}
