// Names the plugins once for all modules. NOT RUN by the project's own checks: see app/README.md.
plugins {
    alias(libs.plugins.android.application) apply false
    alias(libs.plugins.android.library) apply false
    alias(libs.plugins.kotlin.compose) apply false
}
