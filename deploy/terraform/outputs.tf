output "settings" {
  description = "The part of gke-auth.yaml that follows from this."
  value = yamlencode({
    projects = sort(tolist(var.projects))
    google = {
      diagnoser  = google_service_account.diagnoser.email
      remediator = google_service_account.remediator.email
    }
  })
}
