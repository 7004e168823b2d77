package kubetest_test

import (
	"os"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/holdfast-dev/holdfast/drivers/kubernetes/kubetest"
)

var server *kubetest.Server

func TestMain(m *testing.M) {
	os.Exit(kubetest.Main(m, &server, kubetest.Options{Controllers: true, Audit: true}))
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatal(what)
}

// The controllers act: a deployment gets pods, and a namespace goes away.
func TestControllers(t *testing.T) {
	client := kubernetes.NewForConfigOrDie(server.Config())
	namespace := server.Namespace(t)
	labels := map[string]string{"app": "web"}
	two := int32(2)
	_, err := client.AppsV1().Deployments(namespace).Create(t.Context(), &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &two, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "web:1"}}},
			},
		},
	}, metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "no two pods were made", func() bool {
		pods, err := client.CoreV1().Pods(namespace).List(t.Context(), metav1.ListOptions{})
		return err == nil && len(pods.Items) == 2
	})
	if err := client.CoreV1().Namespaces().Delete(t.Context(), namespace, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the namespace is still there", func() bool {
		_, err := client.CoreV1().Namespaces().Get(t.Context(), namespace, metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	})
}

// What was written is there again after the servers were stopped and started,
// under the address and with the credentials of before.
func TestRestart(t *testing.T) {
	client := kubernetes.NewForConfigOrDie(server.Config())
	namespace := server.Namespace(t)
	server.StopAPIServer(t)
	if _, err := client.CoreV1().Namespaces().Get(t.Context(), namespace, metav1.GetOptions{}); err == nil {
		t.Error("the API server answers although it was stopped")
	}
	server.RestartEtcd(t, func() {})
	server.StartAPIServer(t)
	eventually(t, "the namespace is lost", func() bool {
		_, err := client.CoreV1().Namespaces().Get(t.Context(), namespace, metav1.GetOptions{})
		return err == nil
	})
}

// A user has no rights but those that are given.
func TestUserHasNoRights(t *testing.T) {
	config, _ := server.User(t, "nobody")
	_, err := kubernetes.NewForConfigOrDie(config).CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{})
	if !apierrors.IsForbidden(err) {
		t.Errorf("err %v", err)
	}
}

// Requests are counted by user and verb.
func TestRequestsAreCounted(t *testing.T) {
	config, _ := server.User(t, "counted", "system:masters")
	client := kubernetes.NewForConfigOrDie(config)
	for range 3 {
		if _, err := client.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	watch, err := client.CoreV1().Secrets("default").Watch(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer watch.Stop()
	got, err := server.Requests("counted")
	if err != nil || got["list"] != 3 || got["watch"] != 1 || len(got) != 2 {
		t.Errorf("counted %v, err %v", got, err)
	}
}
